//! Which folder a URL names, and how it is to be used.

use std::path::PathBuf;

use crate::error::ConnectError;

#[derive(Debug, PartialEq)]
pub(crate) struct Address {
    pub(crate) folder: PathBuf,
    /// Whether an event is on the disk before it is published.
    pub(crate) sync: bool,
}

impl Address {
    /// Takes the URL apart. The path is taken as it is, without percent-encoding.
    pub(crate) fn new(url: &str) -> Result<Self, ConnectError> {
        parse(url).map_err(|what| ConnectError::Address(format!("{url}: {what}").into()))
    }
}

fn parse(url: &str) -> Result<Address, String> {
    let rest = url.strip_prefix("file:").ok_or("it doesn't begin with `file:`")?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match path.strip_prefix("//") {
        // `file:///a` has an empty host.
        Some(after) if after.starts_with('/') => after,
        Some(_) => return Err("a folder of another machine can't be used".to_owned()),
        None => path,
    };
    if path.is_empty() {
        return Err("it names no folder".to_owned());
    }
    let mut sync = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let value = match pair {
            "sync=on" => true,
            "sync=off" => false,
            _ => return Err(format!("`{pair}` is not a parameter of a folder")),
        };
        if sync.replace(value).is_some() {
            return Err("`sync` is there twice".to_owned());
        }
    }
    Ok(Address { folder: path.into(), sync: sync.unwrap_or(true) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_folder() {
        for (url, folder, sync) in [
            ("file:/var/lib/app", "/var/lib/app", true),
            ("file:///var/lib/app", "/var/lib/app", true),
            ("file:relative/a b", "relative/a b", true),
            ("file:C:\\data", "C:\\data", true),
            ("file:/a?sync=off", "/a", false),
            ("file:/a?sync=on", "/a", true),
        ] {
            assert_eq!(
                Address::new(url).unwrap(),
                Address { folder: folder.into(), sync },
                "{url}"
            );
        }
    }

    #[test]
    fn what_would_be_passed_over_is_refused() {
        for (url, what) in [
            ("file:", "no folder"),
            ("file:?sync=off", "no folder"),
            ("file://host/a", "another machine"),
            ("file:/a?sync=no", "`sync=no` is not a parameter"),
            ("file:/a?snyc=off", "`snyc=off` is not a parameter"),
            ("file:/a?sync=off&sync=on", "twice"),
        ] {
            let error = Address::new(url).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains(url), "{error}");
        }
    }
}
