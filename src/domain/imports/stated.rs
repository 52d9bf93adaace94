//! What somebody says about a file whose bytes do not say it, or say it wrong.

text_enum! {
    /// An encoding that is read here.
    pub enum Charset {
        Utf8 = "utf-8",
        Utf16LittleEndian = "utf-16le",
        Utf16BigEndian = "utf-16be",
        Gb18030 = "gb18030",
        Thai = "windows-874",
        Western = "windows-1252",
        Vietnamese = "windows-1258",
    }
}

text_enum! {
    /// The sign between the values of a line.
    pub enum Separator {
        Comma = "comma",
        Semicolon = "semicolon",
        Tab = "tab",
        Bar = "bar",
    }
}
