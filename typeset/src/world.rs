//! All that a template can reach: itself, the look of the house, its data, its pictures, and the fonts in this binary.

use std::sync::LazyLock;

use jiff::Timestamp;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

/// IBM Plex Sans Arabic has Latin letters as well (SIL Open Font License 1.1, `fonts/OFL.txt`).
const FONTS: [&[u8]; 2] = [
    include_bytes!("../fonts/IBMPlexSansArabic-Regular.ttf"),
    include_bytes!("../fonts/IBMPlexSansArabic-SemiBold.ttf"),
];
const HOUSE: &str = include_str!("house.typ");

/// What is the same for all documents.
struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    data: FileId,
    house: Source,
}

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.into_iter().flat_map(|font| Font::iter(Bytes::new(font))).collect();
    Shop {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        main: file("/main.typ"),
        data: file("/data.json"),
        house: Source::new(file("/house.typ"), HOUSE.to_owned()),
    }
});

/// The few names there are are our own, so this cannot run out of ids.
fn file(path: &'static str) -> FileId {
    let path = VirtualPath::new(path).unwrap_or_else(|_| unreachable!("a path of ours is a path"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One document's world.
pub struct Desk {
    template: Source,
    data: Bytes,
    pictures: Vec<(FileId, Bytes)>,
}

impl Desk {
    pub fn new(template: &str, data: Vec<u8>, pictures: Vec<(&'static str, Vec<u8>)>) -> Self {
        let picture = |(path, bytes)| (file(path), Bytes::new(bytes));
        Self {
            template: Source::new(SHOP.main, template.to_owned()),
            data: Bytes::new(data),
            pictures: pictures.into_iter().map(picture).collect(),
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &SHOP.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHOP.book
    }

    fn main(&self) -> FileId {
        SHOP.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id {
            id if id == SHOP.main => Ok(self.template.clone()),
            id if id == SHOP.house.id() => Ok(SHOP.house.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == SHOP.data {
            return Ok(self.data.clone());
        }
        let picture = self.pictures.iter().find(|(known, _)| *known == id);
        picture.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }

    /// None: what a document says about today, its data says.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The instant as PDF writes it, UTC.
pub fn instant(at: Timestamp) -> Option<Datetime> {
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).ok();
    let (month, day) = (part(at.month())?, part(at.day())?);
    let (hour, minute, second) = (part(at.hour())?, part(at.minute())?, part(at.second())?);
    Datetime::from_ymd_hms(i32::from(at.year()), month, day, hour, minute, second)
}
