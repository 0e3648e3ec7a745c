//! Lists beside a `Quantity`: one that is empty is left out.

use std::ops::{Deref, DerefMut};

use sim::api::{Shape, Shaped, Value, Wrong};

/// A list that is not there when it is empty.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Items<T>(pub Vec<T>);

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Items<T> {
    type Target = Vec<T>;
    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for Items<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for Items<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> FromIterator<T> for Items<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T> IntoIterator for Items<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Items<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Shaped> Shaped for Items<T> {
    const REQUIRED: bool = false;
    fn shape() -> Shape {
        Vec::<T>::shape()
    }
    fn from_value(value: Value) -> Result<Self, Wrong> {
        Vec::from_value(value).map(Self)
    }
    fn into_value(self) -> Value {
        self.0.into_value()
    }
    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }
}
