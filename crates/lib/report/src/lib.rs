//! How results are shown: tables, progress of long work, pictures, and files of numbers.

pub mod chart;
pub mod csv;
pub mod output;
pub mod progress;
pub mod table;
