//! Finds the code to compare.

use std::fs;
use std::path::{Path, PathBuf};

use syn::visit_mut::{self, VisitMut};
use syn::{Block, File, ImplItemFn, ItemFn, TraitItemFn};

/// Returns the `.rs` files in a folder and its subfolders.
pub(super) fn within(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let found = paths.into_iter().flat_map(|path| match path.extension() {
        _ if path.is_dir() => within(&path),
        Some(extension) if extension == "rs" => vec![path],
        _ => Vec::new(),
    });
    found.collect()
}

/// Returns the folder of the crate that a file belongs to.
pub(super) fn package(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.join("Cargo.toml").exists())
}

/// Returns the file and the number of its lines, if syn can parse it. A few are of an older edition, or
/// wrong on purpose.
pub(super) fn parsed(path: &Path) -> Option<(File, usize)> {
    let source = fs::read_to_string(path).ok()?;
    let file = syn::parse_file(&source).ok()?;
    Some((file, source.lines().count()))
}

/// Returns the bodies of all functions that aren't within others.
pub(super) fn bodies(mut file: File) -> Vec<Block> {
    let mut bodies = Bodies(Vec::new());
    bodies.visit_file_mut(&mut file);
    bodies.0
}

struct Bodies(Vec<Block>);

impl VisitMut for Bodies {
    fn visit_item_fn_mut(&mut self, it: &mut ItemFn) {
        self.0.push((*it.block).clone());
    }

    fn visit_impl_item_fn_mut(&mut self, it: &mut ImplItemFn) {
        self.0.push(it.block.clone());
    }

    fn visit_trait_item_fn_mut(&mut self, it: &mut TraitItemFn) {
        self.0.extend(it.default.clone());
        visit_mut::visit_trait_item_fn_mut(self, it);
    }
}
