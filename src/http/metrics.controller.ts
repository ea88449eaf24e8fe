import { Example, Get, Produces, Route, Security, Tags } from '@tsoa/runtime';
import { PosternController } from './controller.js';
import { examples } from './examples-metrics.js';
import { PlainText } from './send.js';

@Route()
@Tags('Service')
export class MetricsController extends PosternController {
  /**
   * What this process has counted since it started, for Prometheus: decisions by outcome, reason and layer, requests by route,
   * the compiled policies it keeps, the revision it decides from, and what the process itself takes.
   * @summary Metrics
   * @returns The text format of Prometheus
   */
  @Get('metrics')
  @Security('key', ['read'])
  @Produces('text/plain')
  @Example<string>(examples)
  async metrics(): Promise<string> {
    const { metrics } = this.services;
    // What is sent is a text, and not its JSON.
    return new PlainText(metrics.registry.contentType, await metrics.text()) as unknown as string;
  }
}
