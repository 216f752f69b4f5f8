export { couponNumberOf, decideCoupon } from '#ledger/vaccinations';
