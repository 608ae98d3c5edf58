//! Puts the block's own syntax into code, at places chosen from a seed.

use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprForLoop, GenericArgument, LocalInit, Pat, Stmt, Type, parse_quote, parse2,
};

use crate::cursor::is_punct;

pub(super) struct Inserter {
    random: u64,
    pub(super) inserted: usize,
}

impl Inserter {
    /// Seeds the inserter such that the same body always gets the same insertions, wherever it is.
    pub(super) fn new(seed: u64, body: &Block) -> Self {
        let mut hasher = DefaultHasher::new();
        (seed, body.to_token_stream().to_string()).hash(&mut hasher);
        Self { random: hasher.finish() | 1, inserted: 0 }
    }

    pub(super) fn block_of(&mut self, mut body: Block) -> TokenStream {
        self.visit_block_mut(&mut body);
        let statements = body.stmts;
        quote!(#(#statements)*)
    }

    /// Returns a number below the limit (xorshift).
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    fn changed(&mut self, expr: &Expr) -> Option<Expr> {
        let tokens = match self.below(60) {
            0 => quote!(yield #expr),
            1 => quote!((yield #expr)),
            2 => quote!((#expr)?),
            3 => quote!(#expr?),
            4 => quote!((return #expr)),
            5 => quote!(return #expr),
            6 => quote!((return)),
            7 => quote!((|a, b| #expr)),
            8 => quote!(async { #expr }),
            _ => return None,
        };
        parse2(tokens).ok()
    }
}

impl VisitMut for Inserter {
    fn visit_block_mut(&mut self, block: &mut Block) {
        visit_mut::visit_block_mut(self, block);
        for at in (0..=block.stmts.len()).rev() {
            let statements: &[Stmt] = match self.below(40) {
                0 => &[parse_quote!(yield a < b::<C, D>() || c;)],
                1 => &[parse_quote!(let a = b?;)],
                2 => &[parse_quote!(return;)],
                3 => &[parse_quote!(return a.b(|c| c)?;)],
                _ => &[],
            };
            let fits =
                at < block.stmts.len() || !matches!(block.stmts.last(), Some(Stmt::Expr(_, None)));
            if fits && !statements.is_empty() {
                self.inserted += 1;
                block.stmts.splice(at..at, statements.iter().cloned());
            }
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        // A condition with `let` isn't an expression by itself, code after a jump is unreachable, and an
        // attribute belongs to a statement.
        let jumps = matches!(expr, Expr::Break(_) | Expr::Continue(_) | Expr::Return(_));
        if jumps || matches!(expr, Expr::Let(_)) || has_attributes(expr) {
            return;
        }
        if let Some(changed) = self.changed(expr) {
            self.inserted += 1;
            *expr = changed;
        }
    }

    /// Leaves the value of a `let … else` itself, since no `}` may come before the `else`.
    fn visit_local_init_mut(&mut self, it: &mut LocalInit) {
        let Some((_, otherwise)) = &mut it.diverge else {
            return visit_mut::visit_local_init_mut(self, it);
        };
        self.visit_expr_mut(otherwise);
        visit_mut::visit_expr_mut(self, &mut it.expr);
    }

    fn visit_expr_for_loop_mut(&mut self, it: &mut ExprForLoop) {
        visit_mut::visit_expr_for_loop_mut(self, it);
        if self.below(3) == 0 {
            let pattern = it.pat.to_token_stream();
            self.inserted += 1;
            *it.pat = Pat::Verbatim(quote!(await #pattern));
        }
    }

    /// Passes patterns, types and generic arguments, which can only hold constants.
    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_generic_argument_mut(&mut self, _: &mut GenericArgument) {}

    fn visit_type_mut(&mut self, _: &mut Type) {}
}

fn has_attributes(expr: &Expr) -> bool {
    let first = expr.to_token_stream().into_iter().next();
    first.is_some_and(|first| is_punct(&first, '#'))
}
