/**
 * The aarch64 stubs: make the real system call, then bend what it answered.
 *
 * Only registers that a call may change are touched, and the link register waits in x15 while `bend` runs. There is no
 * time() in this vDSO: libraries compute it from clock_gettime. The entry keeps a `bti c` in front of the branch, for the
 * kernel maps this vDSO with branch target identification where the processor has it, and an indirect call to anything
 * else would fault; older processors take it for a nop.
 *
 * `bend` takes seconds in x2 and ns in x3 and gives both bent: sdiv rounds towards zero, so a negative remainder borrows
 * from the seconds. The product of elapsed time and rate has 128 bits.
 */
import type { Encoder } from './encoder.ts';
import { listing } from './listing.ts';

const BTI_C = 0xd503245f;
const BRANCH = 0x14000000;

export const aarch64: Encoder = {
  machine: 'aarch64',
  symbols: { __kernel_clock_gettime: 'clock_gettime', __kernel_gettimeofday: 'gettimeofday' },
  jumpBytes: 8,
  jump(from, to) {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(BTI_C, 0);
    bytes.writeUInt32LE((BRANCH | (((to - (from + 4)) >> 2) & 0x03ffffff)) >>> 0, 4);
    return bytes;
  },
  stubs: listing(`
    clock_gettime:
      e903002a          mov w9, w0
      280e80d2          mov x8, #113
      010000d4          svc #0
      80010035          cbnz w0, done
      3f2d0071          cmp w9, #11
      48010054          b.hi done
      2a048152          mov w10, #0x821
      4a25c91a          lsr w10, w10, w9
      ea000036          tbz w10, #0, done
      220c40a9          ldp x2, x3, [x1]
      ef031eaa          mov x15, x30
      15000094          bl bend
      fe030faa          mov x30, x15
      220c00a9          stp x2, x3, [x1]
      00008052          mov w0, #0
    done:
      c0035fd6          ret
    gettimeofday:
      e90300aa          mov x9, x0
      281580d2          mov x8, #169
      010000d4          svc #0
      80ffff35          cbnz w0, done
      69ffffb4          cbz x9, done
      220d40a9          ldp x2, x3, [x9]
      047d8052          mov w4, #1000
      637c049b          mul x3, x3, x4
      ef031eaa          mov x15, x30
      07000094          bl bend
      fe030faa          mov x30, x15
      047d8052          mov w4, #1000
      6308c49a          udiv x3, x3, x4
      220d00a9          stp x2, x3, [x9]
      00008052          mov w0, #0
      c0035fd6          ret
    bend:
      04409952          mov w4, #0xca00
      4473a772          movk w4, #0x3b9a, lsl #16
      450c049b          madd x5, x2, x4, x3
      26030010          adr x6, half
      c78440f8          ldr x7, [x6], #8
      870000b4          cbz x7, 1f
      aa08c79a          udiv x10, x5, x7
      4a000036          tbz w10, #0, 1f
      c6600091          add x6, x6, #24
    1:
      ca2c40a9          ldp x10, x11, [x6]
      cc0840f9          ldr x12, [x6, #16]
      aa000acb          sub x10, x5, x10
      4d7d4b9b          smulh x13, x10, x11
      4a7d0b9b          mul x10, x10, x11
      aa81ca93          extr x10, x13, x10, #32
      a5000a8b          add x5, x5, x10
      a5000c8b          add x5, x5, x12
      a20cc49a          sdiv x2, x5, x4
      4394049b          msub x3, x2, x4, x5
      6300f8b6          tbz x3, #63, 2f
      6300048b          add x3, x3, x4
      420400d1          sub x2, x2, #1
    2:
      c0035fd6          ret
  `),
};
