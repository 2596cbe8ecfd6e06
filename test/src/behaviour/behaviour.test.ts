import { describeBehaviour } from './behaviour-suite.js';
import { CONTESTANTS } from './contestants.js';

for (const contestant of CONTESTANTS) describeBehaviour(contestant);
