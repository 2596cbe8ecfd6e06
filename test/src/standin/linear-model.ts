/** A SavedModel with the graph y = 0.5 * x + 2, its one signature and no variables. */
const HALF_PLUS_TWO = Buffer.from(
  'CAESmQIKByIFc2VydmUSuAEKHQoBeBILUGxhY2Vob2xkZXIqCwoFZHR5cGUSAjABCi4KAWESBUNvbnN0KgsKBWR0eXBlEgIwASoVCgV2YWx1ZRIMQgoI' +
    'ARIAKgQAAAA/Ci4KAWISBUNvbnN0KgsKBWR0eXBlEgIwASoVCgV2YWx1ZRIMQgoIARIAKgQAAABAChcKAW0SA011bBoBeBoBYSoHCgFUEgIwAQoZCgF5' +
    'EgVBZGRWMhoBbRoBYioHCgFUEgIwASIDCNoOKlMKD3NlcnZpbmdfZGVmYXVsdBJAChAKAXgSCwoDeDowEAEaAhgBEhAKAXkSCwoDeTowEAEaAhgBGhp0' +
    'ZW5zb3JmbG93L3NlcnZpbmcvcHJlZGljdA==',
  'base64',
);
/** The bytes of the constant 2, as a float; they are nowhere else in it. */
const TWO = Buffer.from('00000040', 'hex');

/** `saved_model.pb` of the graph y = 0.5 * x + addend. */
export function linearModel(addend: number): Buffer {
  const bytes = Buffer.from(HALF_PLUS_TWO);
  bytes.writeFloatLE(addend, bytes.indexOf(TWO));
  return bytes;
}
