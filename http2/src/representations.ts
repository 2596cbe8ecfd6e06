/** First bits of the representations of a header (RFC 7541, 6), and how many bits of their first byte are left for a number. */
export const INDEXED = { mark: 0x80, prefix: 7 };
export const ADDED = { mark: 0x40, prefix: 6 };
export const NOT_ADDED = { mark: 0, prefix: 4 };
export const SIZE_UPDATE = { mark: 0x20, prefix: 5 };
/** The same of a text in them (section 5.2). */
export const PLAIN_TEXT = { mark: 0, prefix: 7 };
export const HUFFMAN_TEXT = { mark: 0x80, prefix: 7 };
