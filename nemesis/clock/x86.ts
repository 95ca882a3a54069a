/**
 * The x86_64 stubs: make the real system call, then bend what it answered.
 *
 * They keep the System V calling convention, which Go's runtime relies on too: only rax, rcx, rdx, rsi, rdi and r8 to r11
 * are touched. `time` keeps its two words in the red zone below the stack pointer, which signal handlers spare.
 * CLOCK_REALTIME (0), CLOCK_REALTIME_COARSE (5) and CLOCK_TAI (11) are bent: the bits of 0x821. Both arguments of
 * gettimeofday may be NULL, and so may time's.
 *
 * `bend` takes seconds in rax and ns in r9, and gives seconds in rax and ns, 0 to 999,999,999, in rdx: idiv rounds towards
 * zero, so a negative remainder borrows from the seconds. The product of elapsed time and rate has 128 bits.
 */
import type { Encoder } from './encoder.ts';
import { listing } from './listing.ts';

const JUMP_BYTES = 5;

export const x86: Encoder = {
  machine: 'x86_64',
  symbols: { __vdso_clock_gettime: 'clock_gettime', __vdso_gettimeofday: 'gettimeofday', __vdso_time: 'time' },
  jumpBytes: JUMP_BYTES,
  jump(from, to) {
    const bytes = Buffer.alloc(JUMP_BYTES);
    bytes.writeUInt8(0xe9, 0);
    bytes.writeInt32LE(to - (from + JUMP_BYTES), 1);
    return bytes;
  },
  stubs: listing(`
    clock_gettime:
      b8e4000000        mov eax, 228
      0f05              syscall
      85c0              test eax, eax
      7524              jnz done
      83ff0b            cmp edi, 11
      771f              ja done
      b921080000        mov ecx, 0x821
      0fa3f9            bt ecx, edi
      7315              jnc done
      488b06            mov rax, [rsi]
      4c8b4e08          mov r9, [rsi+8]
      e86b000000        call bend
      488906            mov [rsi], rax
      48895608          mov [rsi+8], rdx
      31c0              xor eax, eax
    done:
      c3                ret
    gettimeofday:
      b860000000        mov eax, 96
      0f05              syscall
      85c0              test eax, eax
      75f4              jnz done
      4885ff            test rdi, rdi
      74ef              jz done
      488b07            mov rax, [rdi]
      4c694f08e8030000  imul r9, [rdi+8], 1000
      e841000000        call bend
      488907            mov [rdi], rax
      89d0              mov eax, edx
      31d2              xor edx, edx
      b9e8030000        mov ecx, 1000
      f7f1              div ecx
      48894708          mov [rdi+8], rax
      31c0              xor eax, eax
      c3                ret
    time:
      4989fa            mov r10, rdi
      b8e4000000        mov eax, 228
      bf05000000        mov edi, 5
      488d7424f0        lea rsi, [rsp-16]
      0f05              syscall
      488b4424f0        mov rax, [rsp-16]
      4c8b4c24f8        mov r9, [rsp-8]
      e809000000        call bend
      4d85d2            test r10, r10
      7403              jz 1f
      498902            mov [r10], rax
    1:
      c3                ret
    bend:
      4869c000ca9a3b    imul rax, rax, 1000000000
      4c01c8            add rax, r9
      4989c1            mov r9, rax
      4c8d0563000000    lea r8, [rip+slots]
      488b0d54000000    mov rcx, [rip+half]
      4885c9            test rcx, rcx
      740d              jz 1f
      31d2              xor edx, edx
      48f7f1            div rcx
      a801              test al, 1
      7404              jz 1f
      4983c018          add r8, 24
    1:
      4c89c8            mov rax, r9
      492b00            sub rax, [r8]
      49f76808          imul qword ptr [r8+8]
      480facd020        shrd rax, rdx, 32
      4c01c8            add rax, r9
      49034010          add rax, [r8+16]
      4899              cqo
      b900ca9a3b        mov ecx, 1000000000
      48f7f9            idiv rcx
      4885d2            test rdx, rdx
      7906              jns 2f
      4801ca            add rdx, rcx
      48ffc8            dec rax
    2:
      c3                ret
  `),
};
