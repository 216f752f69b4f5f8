export { type Clock, fixedClock, systemClock, todayInTokyo } from './clock.ts';
