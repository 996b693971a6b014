export { WorkTimer } from './work-timer.ts';
export { MatrixLiquid, type LiquidLimits } from './matrix-liquid.ts';
