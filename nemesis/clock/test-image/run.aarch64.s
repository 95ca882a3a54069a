// Calls into a blob: reads (offset, a, b) from stdin, puts a and b where a function or `bend` wants them, calls, writes
// (x0, x2, x3, memory). An argument of 0x1000 stands for the address of 16 bytes of memory.
.globl _start
_start:
  ldr x19, =input
  ldr x20, =output
  mov x8, #63
  mov x0, #0
  mov x1, x19
  mov x2, #24
  svc #0
  cmp x0, #24
  b.ne end
  ldp x21, x0, [x19]
  ldr x1, [x19, #16]
  add x9, x20, #24
  cmp x0, #0x1000
  csel x0, x9, x0, eq
  cmp x1, #0x1000
  csel x1, x9, x1, eq
  mov x2, x0
  mov x3, x1
  adr x9, blob
  add x9, x9, x21
  blr x9
  str x0, [x20]
  stp x2, x3, [x20, #8]
  mov x8, #64
  mov x0, #1
  mov x1, x20
  mov x2, #40
  svc #0
  b _start
end:
  mov x8, #93
  mov x0, #0
  svc #0
.balign 16
blob: .incbin "blob"
.bss
.balign 16
input: .skip 24
output: .skip 40
