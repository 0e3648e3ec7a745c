//! The policy language, case by case.
