export { type AssetManifest, readAssetManifest } from './assets.ts';
export { createHttpServer } from './create-http-server.ts';
export { describeError, type ErrorForLog } from './describe-error.ts';
export type { ErrorForPeople } from './error-page.ts';
export { FormFields } from './form-fields.ts';
export { CannotListen, closeGracefully, explainListenFailure, listen } from './listen.ts';
export { findNetworks, type Networks } from './networks.ts';
export { isThisMachine, mayCall } from './this-machine.ts';
export type { ErrorPage, HttpServerOptions } from './types.ts';
