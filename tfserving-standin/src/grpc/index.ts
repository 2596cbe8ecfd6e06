export { startGrpc, type GrpcOptions, type GrpcServer } from './start-grpc.js';
