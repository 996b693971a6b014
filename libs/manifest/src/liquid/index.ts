export { MatrixLiquid, type LiquidLimits } from './matrix-liquid.ts';
