//! Writes a picture as PNG and SVG.
//! Both use the font that is compiled in, so the result does not depend on the machine.

use std::{
    fs::{self, File},
    io::BufWriter,
    path::Path,
};

use anyhow::{Context, Result};
use plotters::{coord::Shift, prelude::*};

use super::{font, paint::Brush};

/// Anything that can be painted at any scale, on any backend of the plotting crate.
pub trait Picture {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);

    /// Paints the picture and presents it to the backend.
    ///
    /// # Errors
    /// If the backend fails.
    fn paint<DB: DrawingBackend>(&self, brush: Brush, area: &DrawingArea<DB, Shift>) -> Result<()>
    where
        DB::ErrorType: 'static;
}

const BYTES_PER_PIXEL: usize = 3;

/// A PNG is painted this many times larger and shrunk, because the plotting crate does not smooth its lines.
const OVERSAMPLING: u32 = 3;

/// Writes `stem.png` and `stem.svg` to `folder` and replaces those of an earlier run.
///
/// # Errors
/// If a file cannot be written.
pub fn write(picture: &impl Picture, folder: &Path, stem: &str) -> Result<()> {
    font::load()?;
    let png = folder.join(stem).with_extension("png");
    let svg = folder.join(stem).with_extension("svg");
    write_png(picture, &png).with_context(|| cannot_write(&png))?;
    write_svg(picture, &svg).with_context(|| cannot_write(&svg))
}

fn write_png(picture: &impl Picture, path: &Path) -> Result<()> {
    let (width, height) = picture.size();
    let large = (width * OVERSAMPLING, height * OVERSAMPLING);
    let mut pixels = vec![0; large.0 as usize * large.1 as usize * BYTES_PER_PIXEL];
    let area = BitMapBackend::with_buffer(&mut pixels, large).into_drawing_area();
    picture.paint(Brush { scale: OVERSAMPLING }, &area)?;
    drop(area);

    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&shrink(&pixels, width as usize))?;
    Ok(writer.finish()?)
}

/// Shrinks a picture by [`OVERSAMPLING`] to `width`; each pixel is the mean of the pixels it replaces.
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

fn write_svg(picture: &impl Picture, path: &Path) -> Result<()> {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, picture.size()).into_drawing_area();
    picture.paint(Brush { scale: 1 }, &area)?;
    drop(area);
    Ok(fs::write(path, text)?)
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}: choose another folder with --out", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{
        Axis, BLUE, Figure, Mark, Panel, Series,
        heat::{Categories, HeatMap},
    };

    fn figure(title: &str) -> Figure {
        let panel = Panel {
            title: String::new(),
            x: Axis::from_zero("time (s)", 10.0, 5),
            y: Axis::logarithmic("price (tokens)", 0.1, 10.0),
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
    fn a_figure_is_written_as_png_and_svg_and_replaced_by_a_second_run() {
        let folder = std::env::temp_dir().join(format!("weir-chart-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        write(&figure("First"), &folder, "figure").unwrap();
        write(&figure("Second"), &folder, "figure").unwrap();
        let png = fs::read(folder.join("figure.png")).unwrap();
        let svg = fs::read_to_string(folder.join("figure.svg")).unwrap();
        fs::remove_dir_all(&folder).unwrap();

        let (signature, size) =
            (b"\x89PNG\r\n\x1a\n", [320_u32.to_be_bytes(), 240_u32.to_be_bytes()].concat());
        assert_eq!((&png[..8], &png[16..24]), (&signature[..], &size[..]));
        for text in ["Second", "time (s)", "price (tokens, log scale)", "all"] {
            assert!(svg.contains(text), "{text}");
        }
        assert!(!svg.contains("First"));
    }

    #[test]
    fn a_heat_map_shows_axes_figures_and_scale() {
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
    fn a_missing_folder_is_an_error_with_the_file_name() {
        let error = write(&figure("Lost"), Path::new("/nowhere/at/all"), "figure").unwrap_err();
        assert!(format!("{error:#}").starts_with("cannot write /nowhere/at/all/figure.png"), "{error:#}");
    }
}
