export { type Clock, fixedClock, startOfDayInTokyo, systemClock, todayInTokyo } from './clock.ts';
