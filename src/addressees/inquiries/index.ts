export { answerInquiry } from './answer-inquiry.ts';
