//! The folder that the server embeds: hashed names, compressed copies, and a manifest that tells which is which.

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::Path,
};

/// The list of what is in the folder, read by the server.
const MANIFEST: &str = "manifest.json";

/// One file of the site.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its name in the sources.
    pub(crate) source: String,
    /// Its name with the hash.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Asset {
    /// Names a file by its own content.
    pub(crate) fn new(source: &str, bytes: Vec<u8>) -> Self {
        let name = hashed(source, &hash(&[&bytes]));
        Self { source: source.to_owned(), name, bytes }
    }
}

/// What all files together weigh on the way to a browser.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) plain: u64,
    pub(crate) brotli: u64,
}

/// 16 hexadecimal digits that change when any of the parts does.
pub(crate) fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Puts the hash before the extension: `a.css` becomes `a-0123456789abcdef.css`.
pub(crate) fn hashed(source: &str, hash: &str) -> String {
    match source.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{source}-{hash}"),
    }
}

/// Makes the folder hold exactly these files. What is there already is left alone, so that nothing is compressed
/// twice; the manifest comes last, and only when it changed, because the server is compiled again when it does.
pub(crate) fn write(folder: &Path, package: &str, assets: &[Asset], compress: bool) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut wanted = BTreeSet::from([MANIFEST.to_owned()]);
    for asset in assets {
        wanted.extend(write_copies(folder, asset, compress)?);
    }
    let files: BTreeMap<&str, &str> = assets.iter().map(|asset| (&*asset.source, &*asset.name)).collect();
    let manifest = format!("{:#}\n", serde_json::json!({"package": package, "files": files}));
    if fs::read_to_string(folder.join(MANIFEST)).ok().as_ref() != Some(&manifest) {
        replace(&folder.join(MANIFEST), manifest.as_bytes())?;
    }
    remove_others(folder, &wanted)
}

/// Adds up one kind of file and its brotli copies.
pub(crate) fn weigh(folder: &Path, assets: &[Asset], extensions: &[&str]) -> Result<Weight> {
    let mut weight = Weight::default();
    for asset in assets.iter().filter(|asset| extensions.iter().any(|end| asset.name.ends_with(end))) {
        weight.plain += u64::try_from(asset.bytes.len())?;
        weight.brotli += fs::metadata(folder.join(format!("{}.br", asset.name)))?.len();
    }
    Ok(weight)
}

/// Answers the names that the file and its copies have. A copy that saves less than a tenth is not worth having.
fn write_copies(folder: &Path, asset: &Asset, compress: bool) -> Result<Vec<String>> {
    let mut names = vec![asset.name.clone()];
    let copies: &[(&str, Compressor)] = if compress { &[("br", brotli), ("gz", gzip)] } else { &[] };
    for (extension, make) in copies {
        let name = format!("{}.{extension}", asset.name);
        let path = folder.join(&name);
        if path.exists() {
            names.push(name);
            continue;
        }
        if folder.join(&asset.name).exists() {
            continue; // the plain file is written last: its copy was tried, and was not worth having
        }
        let copy = make(&asset.bytes).with_context(|| format!("compressing {}", asset.name))?;
        if copy.len() < asset.bytes.len() / 10 * 9 {
            replace(&path, &copy)?;
            names.push(name);
        }
    }
    let path = folder.join(&asset.name);
    if !path.exists() {
        replace(&path, &asset.bytes)?;
    }
    Ok(names)
}

/// Writes beside and renames, so that an interrupted build leaves no half file under a final name.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = path.with_extension("part");
    fs::write(&part, bytes).with_context(|| format!("writing {}", part.display()))?;
    fs::rename(&part, path).with_context(|| format!("writing {}", path.display()))
}

fn remove_others(folder: &Path, wanted: &BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !wanted.contains(&*entry.file_name().to_string_lossy()) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

type Compressor = fn(&[u8]) -> Result<Vec<u8>>;

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;
    use std::io::Read as _;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_name_changes_with_the_content_only() {
        let one = Asset::new("a.b.css", b"x".to_vec());
        assert_eq!(one.name, Asset::new("a.b.css", b"x".to_vec()).name);
        assert_ne!(one.name, Asset::new("a.b.css", b"y".to_vec()).name);
        assert!(one.name.starts_with("a.b-") && one.name.ends_with(".css"), "{}", one.name);
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    }

    #[test]
    fn the_folder_holds_exactly_what_was_built_last() {
        let folder = Scratch::new("exact");
        let first = [Asset::new("a.css", vec![b'a'; 1000])];
        write(folder.path(), "p-1", &first, true).unwrap();
        let second = [Asset::new("a.css", vec![b'b'; 1000]), Asset::new("tiny.txt", b"!".to_vec())];
        write(folder.path(), "p-2", &second, true).unwrap();
        let css = &second[0].name;
        let expected = [css.clone(), format!("{css}.br"), format!("{css}.gz"), MANIFEST.into(), second[1].name.clone()];
        assert_eq!(names(folder.path()), expected);

        let mut text = String::new();
        let copy = fs::File::open(folder.path().join(format!("{css}.gz"))).unwrap();
        flate2::read::GzDecoder::new(copy).read_to_string(&mut text).unwrap();
        assert_eq!(text, "b".repeat(1000));
        let weight = weigh(folder.path(), &second, &[".css"]).unwrap();
        assert!(weight.plain == 1000 && weight.brotli < 50, "{weight:?}");
    }

    #[test]
    fn building_the_same_again_touches_nothing() {
        let folder = Scratch::new("same");
        let assets = [Asset::new("a.css", vec![b'a'; 1000])];
        let times = || {
            let modified = |name| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap();
            names(folder.path()).into_iter().map(modified).collect::<Vec<_>>()
        };
        write(folder.path(), "p", &assets, true).unwrap();
        let before = times();
        write(folder.path(), "p", &assets, true).unwrap();
        assert_eq!(times(), before);
    }
}
