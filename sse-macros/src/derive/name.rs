//! The name of an event.

/// From `PriceChanged` and `HTTPError` into `price-changed` and `http-error`.
pub(super) fn kebab_case(ident: &str) -> String {
    let letters: Vec<char> = ident.trim_start_matches("r#").chars().collect();
    let mut name = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(at + 1);
        if begins_word(before, letter, after.copied()) && !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if letter != '_' {
            name.extend(letter.to_lowercase());
        }
    }
    name
}

fn begins_word(before: Option<char>, letter: char, after: Option<char>) -> bool {
    let ends_acronym = after.is_some_and(char::is_lowercase);
    letter == '_'
        || letter.is_uppercase() && (!before.is_some_and(char::is_uppercase) || ends_acronym)
}

#[cfg(test)]
mod tests {
    use super::kebab_case;

    #[test]
    fn words_are_joined_by_hyphens() {
        let rows = [
            ("Price", "price"),
            ("PriceChanged", "price-changed"),
            ("HTTPError", "http-error"),
            ("LoadedHTML", "loaded-html"),
            ("Utf8Text", "utf8-text"),
            ("Version2", "version2"),
            ("V2Text", "v2-text"),
            ("Snake_Case", "snake-case"),
            ("r#Match", "match"),
            ("ÄußerstGut", "äußerst-gut"),
        ];
        for (ident, name) in rows {
            assert_eq!(kebab_case(ident), name);
        }
    }
}
