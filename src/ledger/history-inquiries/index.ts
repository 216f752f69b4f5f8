export { carryInquiries } from './carry-inquiries.ts';
export { countInquiriesAtWork } from './count-work.ts';
export { listHistoryWork, listInquiriesOf } from './inquiry-store.ts';
export { historyInquiriesNotice, historyInquiriesPanel } from './pages/list-page.ts';
export { historyInquiriesPath } from './pages/paths.ts';
export { carryProvisions } from './provisions/carry-provisions.ts';
export { historyProvisionsPath } from './provisions/provision-page.ts';
export { historyNewsListener, historyNewsTask, raiseInquiries } from './raise-inquiries.ts';
export { registerHistoryInquiryRoutes } from './routes.ts';
