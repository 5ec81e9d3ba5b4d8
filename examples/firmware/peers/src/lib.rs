//! elbow and its peers, each set up for the same model in its fastest documented way.
#![no_std]

pub mod contender;
pub mod model;
pub mod reference;
pub mod trial;
pub mod with_adskalman;
pub mod with_elbow;
pub mod with_embedded_dsp;
pub mod with_kfilter;
pub mod with_minikalman;
