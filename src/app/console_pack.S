// What tools/build-console made, as it is: read from the file when it is first asked for.
        .section .rodata
        .globl lakeside_console_pack
        .balign 64
lakeside_console_pack:
        .incbin "pack.bin"
        .byte 0
        .section .note.GNU-stack, "", %progbits
