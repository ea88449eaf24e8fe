import type { Reporter, TestModule } from 'vitest/node';
import { machine } from '../bench/machine.js';
import { printed } from '../bench/report.js';

/** Prints, after all tests, the figures that they showed. */
export class FigureReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.flatMap((test) => test.meta().figures ?? []);
    const { processor, cores, memory, system, node } = machine;
    process.stdout.write(`\n${processor}, ${cores} cores, ${memory}, ${system}, Node ${node}\n\n${printed(rows)}\n`);
  }
}
