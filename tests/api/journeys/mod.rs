//! Stories from the first sign-in to the last act.

pub mod behind_a_proxy;
pub mod children;
pub mod daily_work;
pub mod deadline;
pub mod demo_days;
pub mod first_sign_in;
pub mod january_wave;
pub mod lanes;
pub mod load;
pub mod local_day;
pub mod mission_without_account;
pub mod one_state;
pub mod other_roads;
pub mod road_home;
