//! The little of DER (X.690) that certificates and keys are read with.

/// Tags.
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;

/// Elements, one after the other.
#[derive(Debug)]
pub(crate) struct Der<'a>(pub(crate) &'a [u8]);

/// One element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// With tag and length.
    pub(crate) whole: &'a [u8],
}

impl<'a> Der<'a> {
    /// The next element, if it has this tag.
    pub(crate) fn want(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = Self(self.0);
        let found = ahead.next().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(found)
    }
}

impl<'a> Element<'a> {
    /// What stands in it.
    pub(crate) fn inside(self) -> Der<'a> {
        Der(self.content)
    }

    /// The bits of a bit string of whole bytes.
    pub(crate) fn bits(self) -> Option<&'a [u8]> {
        let (unused, bits) = self.content.split_first()?;
        (self.tag == BIT_STRING && *unused == 0).then_some(bits)
    }
}

impl<'a> Iterator for Der<'a> {
    type Item = Element<'a>;

    /// The next element; nothing at the end, or where it is none.
    fn next(&mut self) -> Option<Element<'a>> {
        let bytes = self.0;
        let (tag, first) = (*bytes.first()?, *bytes.get(1)?);
        let (len, head) = match first {
            0..=0x7f => (usize::from(first), 2),
            // Four bytes of length are more than anything that is read here has.
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let digits = bytes.get(2..2 + count)?;
                (digits.iter().fold(0, |len, digit| (len << 8) | usize::from(*digit)), 2 + count)
            }
            _ => return None,
        };
        let end = head.checked_add(len)?;
        let whole = bytes.get(..end)?;
        self.0 = &bytes[end..];
        Some(Element { tag, content: &whole[head..], whole })
    }
}
