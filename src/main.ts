import { faultText } from './fault-text.js';
import { serve } from './serve.js';

serve(process.env).catch((error: unknown) => {
  process.stderr.write(`${faultText(error)}\n`);
  process.exit(1);
});
