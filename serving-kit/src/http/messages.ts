import { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express } from 'express';

/**
 * Requests and answers with the prototypes that Express gives them. Express changes the prototype of each message that has
 * another one, and V8 then finds its properties slowly (docs/decisions/0004-trimmed-express.md).
 */
export class ServiceRequest extends IncomingMessage {}
export class ServiceResponse extends ServerResponse<ServiceRequest> {}

Object.setPrototypeOf(ServiceRequest.prototype, express.request);
Object.setPrototypeOf(ServiceResponse.prototype, express.response);

/** Lets an app take them as they are. */
export function takeServiceMessages(app: Express): void {
  Object.assign(app, { request: ServiceRequest.prototype, response: ServiceResponse.prototype });
}
