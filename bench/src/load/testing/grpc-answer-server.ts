import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';

export const METHOD = '/tensorflow.serving.PredictionService/Predict';

/** A real gRPC server that answers with encoded messages. */
export async function startGrpcAnswerServer(answer: (request: Buffer, reply: sendUnaryData<Buffer>) => void) {
  const bytes = (message: Buffer): Buffer => message;
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(
    {
      Predict: {
        path: METHOD,
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    {
      Predict: (call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
        answer(call.request, reply);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    /** Cuts all connections, as a crash would; new ones are taken. */
    dropConnections: () => {
      server.drain(`127.0.0.1:${port}`, 1);
    },
    [Symbol.asyncDispose]: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}
