export * from './client.js';
export { type ApiPlace, executeApi } from './execute-api.js';
export { type InvokeOptions, type Refusal, requireInvoke } from './require-invoke.js';
