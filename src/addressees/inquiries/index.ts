export { addInquiryGate } from './add-inquiry-gate.ts';
export { answerInquiry } from './answer-inquiry.ts';
export { connectSystem } from './connect-system.ts';
export { linkedSystemsPath } from './pages/linked-systems-page.ts';
export { registerLinkedSystemRoutes } from './routes.ts';
