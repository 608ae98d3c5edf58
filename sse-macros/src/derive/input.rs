//! Reads the kinds of events that a type stands for, each with its name and its content.

use heck::ToKebabCase as _;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Data, DataEnum, DataStruct, DeriveInput, Error, Fields, LitStr, Path, Result, Type,
    Variant, parse_quote,
};

/// A kind of event.
pub(super) struct Kind {
    /// The path of the variant or struct.
    pub(super) path: TokenStream,
    pub(super) name: String,
    pub(super) content: Content,
}

pub(super) enum Content {
    Nothing,
    /// The field of a variant.
    Field(Box<Type>),
    /// All of a struct.
    Whole,
}

/// Returns the path to the runtime, and the kinds of events, or all that is wrong with them.
pub(super) fn read(input: &DeriveInput) -> (Path, Result<Vec<Kind>>) {
    let default = parse_quote!(::sse_runtime);
    match Settings::read(&input.attrs) {
        Ok(mut settings) => (settings.krate.take().unwrap_or(default), kinds(input, settings)),
        Err(error) => (default, Err(error)),
    }
}

fn kinds(input: &DeriveInput, settings: Settings) -> Result<Vec<Kind>> {
    match &input.data {
        Data::Struct(data) => of_struct(input, data, settings.name).map(|kind| vec![kind]),
        Data::Enum(data) => of_enum(input, data, settings.name),
        Data::Union(data) => Err(Error::new(
            data.union_token.span,
            "a union can't be an event: `SseEvent` is for enums and structs",
        )),
    }
}

fn of_struct(input: &DeriveInput, data: &DataStruct, name: Option<LitStr>) -> Result<Kind> {
    let ident = &input.ident;
    let content =
        if matches!(data.fields, Fields::Unit) { Content::Nothing } else { Content::Whole };
    without_settings(&data.fields)?;
    let name = event_name(name, &ident.to_string(), ident.span())?;
    Ok(Kind { path: quote!(#ident), name, content })
}

fn of_enum(input: &DeriveInput, data: &DataEnum, name: Option<LitStr>) -> Result<Vec<Kind>> {
    let mut errors = Vec::new();
    if let Some(name) = name {
        let message = "an enum isn't one event: give names to its variants";
        errors.push(Error::new(name.span(), message));
    }
    if data.variants.is_empty() {
        errors.push(Error::new(input.ident.span(), "an enum without variants can't be an event"));
    }
    let mut kinds: Vec<Kind> = Vec::new();
    for variant in &data.variants {
        match of_variant(input, variant) {
            Ok(kind) if kinds.iter().any(|other| other.name == kind.name) => {
                let message = format!(
                    "another variant is already named `{0}`: give this one another name with \
                     `#[sse(name = \"…\")]`",
                    kind.name
                );
                errors.push(Error::new(variant.ident.span(), message));
            }
            Ok(kind) => kinds.push(kind),
            Err(error) => errors.push(error),
        }
    }
    combined(errors).map_or(Ok(kinds), Err)
}

fn of_variant(input: &DeriveInput, variant: &Variant) -> Result<Kind> {
    let settings = Settings::read(&variant.attrs)?;
    without_settings(&variant.fields)?;
    if let Some(krate) = settings.krate {
        return Err(Error::new(
            krate.span(),
            "`crate` is for the whole enum: write it above the enum",
        ));
    }
    let name = event_name(settings.name, &variant.ident.to_string(), variant.ident.span())?;
    let (ident, variant_ident) = (&input.ident, &variant.ident);
    Ok(Kind { path: quote!(#ident::#variant_ident), name, content: content(variant)? })
}

fn content(variant: &Variant) -> Result<Content> {
    match &variant.fields {
        Fields::Unit => Ok(Content::Nothing),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Ok(Content::Field(Box::new(fields.unnamed[0].ty.clone())))
        }
        fields => Err(Error::new(
            fields.span(),
            "a variant holds one value or none: move these fields into a struct of their own",
        )),
    }
}

/// Checks that no field has settings.
fn without_settings(fields: &Fields) -> Result<()> {
    let attributes = fields.iter().flat_map(|field| &field.attrs);
    let settings = attributes.filter(|it| it.path().is_ident("sse"));
    let error = |attribute: &Attribute| {
        let message = "`#[sse(…)]` isn't for a field: write it above the type or a variant";
        Error::new(attribute.path().span(), message)
    };
    combined(settings.map(error)).map_or(Ok(()), Err)
}

fn combined(errors: impl IntoIterator<Item = Error>) -> Option<Error> {
    errors.into_iter().reduce(|mut all, error| {
        all.combine(error);
        all
    })
}

fn event_name(given: Option<LitStr>, ident: &str, span: Span) -> Result<String> {
    let Some(given) = given else {
        return match ident.trim_start_matches("r#").to_kebab_case() {
            name if name == "error" => Err(Error::new(
                span,
                "an event named `error` fires `onerror` in browsers, as a lost connection does: \
                 choose another name with `#[sse(name = \"…\")]`, or write \
                 `#[sse(name = \"error\")]` if that is what you want",
            )),
            name => Ok(name),
        };
    };
    match given.value() {
        name if name.is_empty() => {
            Err(Error::new(given.span(), "the name of an event can't be empty"))
        }
        name if name.contains(['\r', '\n']) => {
            Err(Error::new(given.span(), "the name of an event can't have line breaks"))
        }
        name => Ok(name),
    }
}

/// `#[sse(name = "…", crate = "…")]`.
#[derive(Default)]
struct Settings {
    name: Option<LitStr>,
    krate: Option<Path>,
}

impl Settings {
    fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut settings = Self::default();
        for attribute in attributes.iter().filter(|it| it.path().is_ident("sse")) {
            attribute.parse_nested_meta(|meta| {
                let is_repeated = if meta.path.is_ident("name") {
                    settings.name.replace(meta.value()?.parse()?).is_some()
                } else if meta.path.is_ident("crate") {
                    settings.krate.replace(meta.value()?.parse::<LitStr>()?.parse()?).is_some()
                } else {
                    return Err(meta.error("expected `name = \"…\"` or `crate = \"…\"`"));
                };
                if is_repeated { Err(meta.error("this is given twice")) } else { Ok(()) }
            })?;
        }
        Ok(settings)
    }
}
