import '@grpc/grpc-js';
import echo from './grpc-echo.cjs';

echo();
