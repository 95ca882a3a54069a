# Attaches files to loop devices for as long as it runs: perl /loops.pl FILE...
#
# Says one device a line, in the order of the files, then `ready`, and waits for the end of its stdin. The devices are marked to clear
# themselves: the kernel detaches each when nobody holds it open any more, neither this process nor a mount. So none is
# left behind, however the agent ends.
use strict;
use warnings;

use constant { LOOP_CTL_GET_FREE => 0x4C82, LOOP_SET_FD => 0x4C00, LOOP_SET_STATUS64 => 0x4C04, LO_FLAGS_AUTOCLEAR => 4 };
use constant TRIES => 50;

$| = 1;
open(my $control, '+<', '/host/dev/loop-control') or die "loop-control: $!\n";

sub attach {
    my ($file) = @_;
    open(my $image, '+<', $file) or die "$file: $!\n";
    for (1 .. TRIES) {
        my $number = ioctl($control, LOOP_CTL_GET_FREE, 0) // die "no free loop device: $!\n";
        $number += 0;
        # The name of a device that is new may take a moment to appear.
        open(my $device, '+<', "/host/dev/loop$number") or do { select(undef, undef, undef, 0.02); next };
        # Somebody else may have taken it since.
        ioctl($device, LOOP_SET_FD, fileno($image)) or next;
        my $info = pack('Q5 L4 a64 a64 a32 Q2', (0) x 5, 0, 0, 0, LO_FLAGS_AUTOCLEAR, $file, '', '', 0, 0);
        ioctl($device, LOOP_SET_STATUS64, $info) or die "loop$number: $!\n";
        return ($device, $number);
    }
    die "no loop device can be had: $!\n";
}

my @held;
for my $file (@ARGV) {
    my ($device, $number) = attach($file);
    push @held, $device;
    print "loop$number\n";
}
print "ready\n";
1 while sysread(STDIN, my $ignored, 4096);
