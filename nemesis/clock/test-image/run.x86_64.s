# Calls into a blob: reads (offset, a, b) from stdin, puts a and b where a function or `bend` wants them, calls, writes
# (rax, rax, rdx, memory). An argument of 0x1000 stands for the address of 16 bytes of memory.
.intel_syntax noprefix
.globl _start
_start:
  xor eax, eax
  xor edi, edi
  lea rsi, [rip+input]
  mov edx, 24
  syscall
  cmp rax, 24
  jne end
  mov rdi, [rip+input+8]
  mov rsi, [rip+input+16]
  lea rcx, [rip+output+24]
  cmp rdi, 0x1000
  cmove rdi, rcx
  cmp rsi, 0x1000
  cmove rsi, rcx
  mov rax, rdi
  mov r9, rsi
  lea r11, [rip+blob]
  add r11, [rip+input]
  call r11
  mov [rip+output], rax
  mov [rip+output+8], rax
  mov [rip+output+16], rdx
  mov eax, 1
  mov edi, 1
  lea rsi, [rip+output]
  mov edx, 40
  syscall
  jmp _start
end:
  mov eax, 60
  xor edi, edi
  syscall
.balign 16
blob: .incbin "blob"
.bss
.balign 16
input: .skip 24
output: .skip 40
