//! The font of all pictures. It is compiled in, so pictures are the same on a machine without fonts.

use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use plotters::{
    prelude::*,
    style::{FontStyle, register_font},
};

/// Font family in an SVG; PNGs use the font registered under this name.
pub const FONT: &str = "sans-serif";

// Sizes in pixels at scale 1.
pub const TITLE_SIZE: u32 = 30;
pub const PANEL_TITLE_SIZE: u32 = 22;
pub const LABEL_SIZE: u32 = 20;
pub const TICK_SIZE: u32 = 17;
/// The smallest size to which a text is shrunk to fit.
const LEAST_SIZE: u32 = 10;

/// Registers the font.
///
/// # Errors
/// If the plotting crate cannot read it.
pub fn load() -> Result<()> {
    static LOADED: OnceLock<bool> = OnceLock::new();
    let loaded = LOADED
        .get_or_init(|| register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok());
    if *loaded { Ok(()) } else { Err(anyhow!("cannot load the font of the pictures")) }
}

/// Width of a text in pixels; 0 without the font.
pub fn width(text: &str, size: u32) -> i32 {
    let measured = load().ok().and_then(|()| (FONT, size).into_font().box_size(text).ok());
    measured.map_or(0, |(width, _)| width as i32)
}

/// Width of the widest text.
pub fn widest<'a>(texts: impl IntoIterator<Item = &'a String>, size: u32) -> i32 {
    texts.into_iter().map(|text| width(text, size)).max().unwrap_or(0)
}

/// The largest size, up to `size`, at which a text is at most `room` wide.
pub fn fitting(text: &str, size: u32, room: i32) -> u32 {
    (LEAST_SIZE..=size).rev().find(|size| width(text, *size) <= room).unwrap_or(LEAST_SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shrunk_to_its_room() {
        assert_eq!(fitting("short", TITLE_SIZE, 400), TITLE_SIZE);
        let long = "a long title ".repeat(4);
        let size = fitting(&long, TITLE_SIZE, 400);
        assert!(width(&long, size) <= 400 && width(&long, size + 1) > 400, "{size}");
    }
}
