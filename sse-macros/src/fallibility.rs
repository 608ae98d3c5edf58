//! Finds out from its `?`s whether a block can fail.

use proc_macro2::{Span, TokenStream};
use quote::quote;

/// What the `?`s in a block say about whether it can fail. The values that it returns or ends with may
/// say so too, but only the compiler knows their types.
#[derive(Clone, Copy)]
pub(crate) enum Fallibility {
    /// There is no `?`.
    Unknown,
    /// There is one in a macro's tokens. It is the block's own, unless the macro puts it into a
    /// closure or an `async` block, or does something else with it.
    Maybe,
    /// The block has one of its own, here.
    Certain(Span),
}

impl Fallibility {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Certain(_), _) | (Self::Maybe, Self::Unknown | Self::Maybe) => self,
            _ => other,
        }
    }
}

/// All `?`s of a block. One under a `#[cfg]` counts only if the compiler keeps it.
#[derive(Default)]
pub(crate) struct QuestionMarks {
    /// What each says, with the predicates of the `#[cfg]`s around it.
    pub(crate) noted: Vec<(Vec<TokenStream>, Fallibility)>,
}

impl QuestionMarks {
    /// Notes a `?` under these predicates.
    pub(crate) fn note(&mut self, fallibility: Fallibility, cfgs: &[TokenStream]) {
        self.noted.push((cfgs.to_vec(), fallibility));
    }

    /// Returns what the `?`s say in each case that the `#[cfg]`s distinguish, with the attribute that
    /// selects the case, which is empty if there is only one.
    pub(crate) fn cases(&self) -> Vec<(TokenStream, Fallibility)> {
        let noted = self.noted.iter();
        let (always, sometimes): (Vec<_>, Vec<_>) = noted.partition(|(cfgs, _)| cfgs.is_empty());
        let always =
            always.into_iter().fold(Fallibility::Unknown, |all, (_, fails)| all.or(*fails));
        let is_own = |(_, fails): &&(_, Fallibility)| matches!(fails, Fallibility::Certain(_));
        let (own, in_macros): (Vec<_>, Vec<_>) = sometimes.into_iter().partition(is_own);
        let otherwise = vec![(TokenStream::new(), always)];
        match always {
            Fallibility::Certain(_) => otherwise,
            Fallibility::Maybe => either(&own, otherwise),
            Fallibility::Unknown => either(&own, either(&in_macros, otherwise)),
        }
    }
}

/// Returns cases that select the first of these where a predicate of any of them is met, and the others
/// where none is.
fn either(
    these: &[&(Vec<TokenStream>, Fallibility)],
    others: Vec<(TokenStream, Fallibility)>,
) -> Vec<(TokenStream, Fallibility)> {
    let Some((_, fails)) = these.first() else { return others };
    let predicates = these.iter().map(|(cfgs, _)| quote!(all(#(#cfgs),*)));
    let predicate = quote!(any(#(#predicates),*));
    let otherwise = |(cfg, fails)| (quote!(#[cfg(not(#predicate))] #cfg), fails);
    let others: Vec<_> = others.into_iter().map(otherwise).collect();
    [vec![(quote!(#[cfg(#predicate)]), *fails)], others].concat()
}
