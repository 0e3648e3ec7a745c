//! The simulated Hadoop cluster.

pub mod hdfs;
mod shape;
