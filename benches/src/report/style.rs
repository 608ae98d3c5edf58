//! What the parts of the picture have in common: where they are drawn, and in which colours.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, RGBColor, SVGBackend};

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

pub(super) const INK: RGBColor = RGBColor(30, 41, 59);
pub(super) const MUTED: RGBColor = RGBColor(100, 116, 139);
pub(super) const GRID: RGBColor = RGBColor(226, 232, 240);
pub(super) const OURS: RGBColor = RGBColor(13, 148, 136);
pub(super) const PEER: RGBColor = RGBColor(251, 146, 60);
pub(super) const FLOOR: RGBColor = RGBColor(203, 213, 225);
