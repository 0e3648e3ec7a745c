//! Labs and notes are embedded in the binary; a new file in their folders means a new build.

fn main() {
    println!("cargo::rerun-if-changed=../../labs");
    println!("cargo::rerun-if-changed=../../assets/notes");
}
