import { createHash } from 'node:crypto';

/** One place of `binding/tfjs_backend.cc`: the text found there, exactly once, and what takes its place. */
type Edit = readonly [found: string, instead: string];

/**
 * Faults of the package's C++ that a server cannot work around. Without these edits:
 *
 * - the inputs of a run that fails are never freed, 3 MB for a request of 3 MB (tensorflow/tfjs#8312);
 * - strings of an output are freed although the graph still owns them: a constant of more than 22 bytes is empty from the
 *   second request on; so strings are freed with the tensor that holds them, when nobody uses it any more;
 * - uint8 outputs cannot be read (tensorflow/tfjs#3930).
 */
const EDITS: readonly Edit[] = [
  [
    '  std::vector<TF_Tensor *> input_values;\n',
    `  struct InputValues : std::vector<TF_Tensor *> {
    ~InputValues() {
      for (TF_Tensor *value : *this) TF_DeleteTensor(value);
    }
  } input_values;\n`,
  ],
  ['    // Deallocate input TF_Tensor in C++.\n    TF_DeleteTensor(input_values[i]);\n', ''],
  [
    '// Creates a TFE_TensorHandle from a JS array of Uint8Array values.\n',
    `static void DeallocStrings(void *data, size_t len, void *) {
  TF_TString *strings = static_cast<TF_TString *>(data);
  for (size_t i = 0; i < len / sizeof(TF_TString); i++) TF_TString_Dealloc(strings + i);
  free(data);
}\n\n`,
  ],
  [
    `  TF_AutoTensor tensor(TF_AllocateTensor(TF_DataType::TF_STRING, shape,
                                         shape_length,
                                         array_length * sizeof(TF_TString)));

  TF_TString *t = reinterpret_cast<TF_TString *>(TF_TensorData(tensor.tensor));\n`,
    `  // Aligned as TensorFlow wants it; all zero is an empty string.
  const size_t bytes = array_length * sizeof(TF_TString);
  void *strings = aligned_alloc(64, (bytes / 64 + 1) * 64);
  memset(strings, 0, bytes);
  TF_AutoTensor tensor(TF_NewTensor(TF_DataType::TF_STRING, shape, shape_length,
                                    strings, bytes, DeallocStrings, nullptr));

  TF_TString *t = static_cast<TF_TString *>(strings);\n`,
  ],
  [
    `  TFE_TensorHandle *tensor_handle = tensor_entry->second;
  if (TFE_TensorHandleDataType(tensor_handle) == TF_STRING) {
    TF_AutoStatus tf_status;
    TF_AutoTensor tensor(
        TFE_TensorHandleResolve(tensor_handle, tf_status.status));
    ENSURE_TF_OK(env, tf_status);
    size_t num_elements = GetTensorNumElements(tensor.tensor);
    TF_TString *data = reinterpret_cast<TF_TString *>(TF_TensorData(tensor.tensor));

    // Deallocate each string
    for (size_t i = 0; i < num_elements; i++) {
      TF_TString_Dealloc(data + i);
    }
  };\n`,
    '',
  ],
  [
    '    case TF_BOOL:\n      typed_array_type = napi_uint8_array;\n',
    '    case TF_BOOL:\n    case TF_UINT8:\n      typed_array_type = napi_uint8_array;\n',
  ],
];

/** Changes with the edits: part of the folder's name, so that a binding built with other edits is not taken for this one. */
export const PATCH_ID = createHash('sha256').update(JSON.stringify(EDITS)).digest('hex').slice(0, 8);

/** `tfjs_backend.cc` with the edits made. Throws when the source is not the one they were written for. */
export function patchedBackend(source: string): string {
  return EDITS.reduce((text, [found, instead]) => {
    const parts = text.split(found);
    if (parts.length !== 2)
      throw new Error(`tfjs_backend.cc is not the one that was to be patched; looked for:\n${found}`);
    return parts.join(instead);
  }, source);
}
