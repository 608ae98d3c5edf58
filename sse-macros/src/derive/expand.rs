//! Implements `From<T> for Event` and `TryFrom<Received> for T`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, Generics, Path, parse_quote};

use super::input::{Content, Kind};
use crate::spans;

/// From `enum Update { Price(Price), Closed }` into
///
/// ```text
/// impl From<Update> for Event where Price: SentAsJson {
///     fn from(value: Update) -> Self {
///         match value {
///             Update::Price(content) => Event::json(&content).event("price"),
///             Update::Closed => Event::empty().event("closed"),
///         }
///     }
/// }
///
/// impl TryFrom<Received> for Update where Price: DeserializeOwned { … }
/// ```
pub(super) fn impls(input: &DeriveInput, krate: &Path, kinds: &[Kind]) -> TokenStream {
    let sent = kinds.iter().map(|Kind { path, name, content }| match content {
        Content::Nothing => quote!(#path => #krate::Event::empty().event(#name)),
        Content::Field(_) => quote!(#path(content) => #krate::Event::json(&content).event(#name)),
        Content::Whole => quote!(content => #krate::Event::json(&content).event(#name)),
    });
    let sent = quote!(match value { #(#sent,)* });
    let read = kinds.iter().map(|Kind { path, name, content }| match content {
        Content::Nothing => quote!(#name => ::core::result::Result::Ok(#path)),
        Content::Field(_) => quote!(#name => received.json().map(#path)),
        Content::Whole => quote!(#name => received.json()),
    });
    let names = kinds.iter().map(|kind| &kind.name);
    let private = private(krate);
    let read = quote! {
        let read = match &*received.event {
            #(#read,)*
            _ => return ::core::result::Result::Err(#private::unknown(received, &[#(#names),*])),
        };
        read.map_err(|error| #private::unreadable(received, error))
    };
    impls_with(input, krate, kinds, &sent, &read)
}

/// Returns the path to the runtime's module for expansions.
fn private(krate: &Path) -> TokenStream {
    let module = spans::private(Span::call_site());
    quote!(#krate::#module)
}

/// Returns the same implementations without a body, so that a mistake in the type is the only error.
pub(super) fn stub(input: &DeriveInput, krate: &Path) -> TokenStream {
    let never = quote!(::core::unreachable!());
    impls_with(input, krate, &[], &never, &never)
}

fn impls_with(
    input: &DeriveInput,
    krate: &Path,
    kinds: &[Kind],
    sent: &TokenStream,
    read: &TokenStream,
) -> TokenStream {
    let (ident, private) = (&input.ident, private(krate));
    let (_, type_generics, _) = input.generics.split_for_impl();
    let serialize = bounded(input, kinds, &quote!(#private::SentAsJson));
    let (impl_generics, _, if_serializable) = serialize.split_for_impl();
    let from = quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics ::core::convert::From<#ident #type_generics> for #krate::Event
        #if_serializable
        {
            fn from(value: #ident #type_generics) -> Self {
                #sent
            }
        }
    };
    let deserialize = bounded(input, kinds, &quote!(#private::DeserializeOwned));
    let (impl_generics, _, if_deserializable) = deserialize.split_for_impl();
    quote! {
        #from

        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics ::core::convert::TryFrom<#krate::Received> for #ident #type_generics
        #if_deserializable
        {
            type Error = #krate::TryFromReceivedError;

            fn try_from(
                received: #krate::Received,
            ) -> ::core::result::Result<Self, #krate::TryFromReceivedError> {
                #read
            }
        }
    }
}

/// Returns the generics, with this bound on each content. Because of the `for<'__sse>`, the compiler checks
/// it only where the implementation is used, so that a type that is only sent needn't be `Deserialize`.
fn bounded(input: &DeriveInput, kinds: &[Kind], bound: &TokenStream) -> Generics {
    let ident = &input.ident;
    let (_, type_generics, _) = input.generics.split_for_impl();
    let mut generics = input.generics.clone();
    let predicates = &mut generics.make_where_clause().predicates;
    for kind in kinds {
        match &kind.content {
            Content::Nothing => {}
            Content::Field(content) => predicates.push(parse_quote!(for<'__sse> #content: #bound)),
            Content::Whole => {
                predicates.push(parse_quote!(for<'__sse> #ident #type_generics: #bound));
            }
        }
    }
    generics
}
