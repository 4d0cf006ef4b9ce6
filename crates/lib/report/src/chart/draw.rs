//! Writes a picture as PNG and as SVG.

use std::{
    fs::{self, File},
    io::BufWriter,
    path::Path,
    sync::OnceLock,
};

use anyhow::{Context, Result, anyhow};
use plotters::{
    coord::Shift,
    prelude::*,
    style::{FontStyle, register_font},
};

use super::paint::{Brush, FONT};

/// What can be painted at any scale, on any of the plotting crate's backends.
pub trait Picture {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);

    /// Paints all of it and hands it to the backend.
    ///
    /// # Errors
    /// What the backend refuses.
    fn paint<DB: DrawingBackend>(&self, brush: Brush, area: &DrawingArea<DB, Shift>) -> Result<()>
    where
        DB::ErrorType: 'static;
}

/// Red, green, blue.
const BYTES_PER_PIXEL: usize = 3;

/// A PNG is painted so many times larger and shrunk, because the plotting crate's lines have hard edges.
const OVERSAMPLING: u32 = 3;

/// Writes `stem.png` and `stem.svg` into `folder`, over those of an earlier run.
///
/// # Errors
/// If a file cannot be written.
pub fn write(contents: &impl Picture, folder: &Path, stem: &str) -> Result<()> {
    bring_font()?;
    let png = folder.join(stem).with_extension("png");
    let svg = folder.join(stem).with_extension("svg");
    write_png(contents, &png).with_context(|| refused(&png))?;
    write_svg(contents, &svg).with_context(|| refused(&svg))
}

fn write_png(contents: &impl Picture, path: &Path) -> Result<()> {
    let (width, height) = contents.size();
    let large = (width * OVERSAMPLING, height * OVERSAMPLING);
    let mut pixels = vec![0; large.0 as usize * large.1 as usize * BYTES_PER_PIXEL];
    let area = BitMapBackend::with_buffer(&mut pixels, large).into_drawing_area();
    contents.paint(Brush { scale: OVERSAMPLING }, &area)?;
    drop(area);

    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&shrink(&pixels, width as usize))?;
    Ok(writer.finish()?)
}

/// Shrinks a picture to `width`: each pixel is the mean of those it is made of.
fn shrink(pixels: &[u8], width: usize) -> Vec<u8> {
    let factor = OVERSAMPLING as usize;
    let row = width * factor * BYTES_PER_PIXEL;
    let mut small = Vec::with_capacity(pixels.len() / (factor * factor));
    for rows in pixels.chunks_exact(row * factor) {
        for column in 0..width {
            for colour in 0..BYTES_PER_PIXEL {
                let first = column * factor * BYTES_PER_PIXEL + colour;
                let places =
                    (0..factor).flat_map(|y| (0..factor).map(move |x| y * row + x * BYTES_PER_PIXEL));
                let sum: usize = places.map(|place| usize::from(rows[first + place])).sum();
                small.push((sum / (factor * factor)) as u8);
            }
        }
    }
    small
}

fn write_svg(contents: &impl Picture, path: &Path) -> Result<()> {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, contents.size()).into_drawing_area();
    contents.paint(Brush { scale: 1 }, &area)?;
    drop(area);
    Ok(fs::write(path, text)?)
}

fn refused(path: &Path) -> String {
    format!("cannot write {}, choose another folder with --out", path.display())
}

/// The font comes with the program: a machine without fonts draws the same pictures.
fn bring_font() -> Result<()> {
    static BROUGHT: OnceLock<bool> = OnceLock::new();
    let brought = BROUGHT
        .get_or_init(|| register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok());
    if *brought { Ok(()) } else { Err(anyhow!("the font of the pictures cannot be read")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{
        Axis, BLUE, Corner, Figure, Mark, Panel, Series,
        heat::{Categories, HeatMap},
    };

    fn contents(title: &str) -> Figure {
        let panel = Panel {
            title: String::new(),
            x: Axis::from_zero("time (s)", 10.0, 5),
            y: Axis::logarithmic("price (tokens)", 0.1, 10.0),
            legend: Corner::UpperRight,
            series: vec![Series::new(
                "all",
                BLUE,
                Mark::DottedLine,
                vec![(0.0, 0.01), (5.0, 1.0), (10.0, 1e9)],
            )],
        };
        Figure { title: title.into(), size: (320, 240), panels: vec![panel] }
    }

    #[test]
    fn a_figure_becomes_a_png_and_an_svg_and_a_second_run_overwrites_them() {
        let folder = std::env::temp_dir().join(format!("weir-chart-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        write(&contents("First"), &folder, "figure").unwrap();
        write(&contents("Second"), &folder, "figure").unwrap();
        let png = fs::read(folder.join("figure.png")).unwrap();
        let svg = fs::read_to_string(folder.join("figure.svg")).unwrap();
        fs::remove_dir_all(&folder).unwrap();

        let (signature, size) =
            (b"\x89PNG\r\n\x1a\n", [320_u32.to_be_bytes(), 240_u32.to_be_bytes()].concat());
        assert_eq!((&png[..8], &png[16..24]), (&signature[..], &size[..]));
        for text in ["Second", "time (s)", "price (tokens)", "all"] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(!svg.contains("First"));
    }

    #[test]
    fn a_heat_map_has_its_axes_its_figures_and_its_scale() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let map = HeatMap {
            title: "Where".into(),
            size: (640, 400),
            x: Categories { label: "epoch".into(), names: names(&["1h", "1d"]) },
            y: Categories { label: "smoothing".into(), names: names(&["0", "0.9"]) },
            label: "paid (%)".into(),
            cells: vec![vec![Some(10.0), None], vec![Some(99.0), Some(77.0)]],
        };
        let folder = std::env::temp_dir().join(format!("weir-heat-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        write(&map, &folder, "heat").unwrap();
        let svg = fs::read_to_string(folder.join("heat.svg")).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        for text in ["Where", "epoch", "smoothing", "paid (%)", "1h", "0.9", "10", "99", "77", "–"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn a_shrunk_pixel_is_the_mean_of_nine() {
        let dark_then_light = [[0, 0, 0, 255, 0, 0, 9, 9, 9].as_slice(), &[100; 9]].concat().repeat(3);
        assert_eq!(shrink(&dark_then_light, 2), [88, 3, 3, 100, 100, 100]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
        let told = write(&contents("Lost"), Path::new("/nowhere/at/all"), "figure").unwrap_err();
        assert!(format!("{told:#}").starts_with("cannot write /nowhere/at/all/figure.png"), "{told:#}");
    }
}
