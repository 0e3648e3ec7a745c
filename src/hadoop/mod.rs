//! The simulated Hadoop cluster.

pub mod hdfs;
