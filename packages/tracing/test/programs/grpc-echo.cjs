// A program that knows nothing of tracing: a gRPC server answers with the metadata it got, a client prints it.
const grpc = require('@grpc/grpc-js');

module.exports = () => {
  const bytes = (value) => Buffer.from(JSON.stringify(value));
  const value = (buffer) => JSON.parse(buffer.toString());
  const Echo = {
    Call: {
      path: '/test.Echo/Call',
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: value,
      responseSerialize: bytes,
      responseDeserialize: value,
    },
  };
  const server = new grpc.Server();
  server.addService(Echo, { Call: (call, done) => done(null, call.metadata.getMap()) });
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => {
    const Client = grpc.makeGenericClientConstructor(Echo, 'Echo');
    const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    client.Call({}, (_failure, answer) => {
      console.log(JSON.stringify(answer));
      client.close();
      server.forceShutdown();
    });
  });
};

if (require.main === module) module.exports();
