/** The one place that knows where the message definitions are: everything else asks for a root or a package. */
export { PROTO_ROOT, SERVICE_FILES } from './proto-root.js';
export { loadMessages } from './load-messages.js';
export { dataTypeName, dataTypeNumber, type DataTypeName } from './data-type.js';
