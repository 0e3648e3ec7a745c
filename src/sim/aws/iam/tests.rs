//! IAM, case by case.
