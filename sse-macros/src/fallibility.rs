//! Whether a block can fail, as far as its `?`s say so.

use proc_macro2::{Span, TokenStream};
use quote::quote;

/// What the `?`s in a block say about whether it can fail. Returned values and the end may say
/// so too, but that is decided by their types.
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

/// The same for all `?`s together. Those that the compiler may remove count only if it doesn't.
#[derive(Default)]
pub(crate) struct QuestionMarks {
    /// What each says, under which predicates of `#[cfg]`s.
    pub(crate) noted: Vec<(Vec<TokenStream>, Fallibility)>,
}

impl QuestionMarks {
    /// Notes a `?` under these predicates.
    pub(crate) fn note(&mut self, fallibility: Fallibility, cfgs: &[TokenStream]) {
        self.noted.push((cfgs.to_vec(), fallibility));
    }

    /// Returns what is said, in each case that the compiler may find: the attribute that selects the case,
    /// which is empty if there is only one, and what is said then.
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

/// Returns these, if there are any and one of their predicates is met, and the others if none is.
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
