//! Output for people and spreadsheets: text tables, progress of long work, charts and CSV files.
//! `output` collects the files of one command in one folder.

pub mod chart;
pub mod csv;
pub mod output;
pub mod progress;
pub mod table;
