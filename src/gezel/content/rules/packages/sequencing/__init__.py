"""Sequencing and navigation of SCORM 2004, 4th edition: which activity comes next, and what all
of it comes to.

    definitions   what a manifest says about an activity, in one shape with every default filled in
    tracking      what is known of each activity and objective; the global ones; roll-up
    engine        the processes of the specification: navigation, termination, sequencing, delivery

Source: ADL SCORM 2004 4th Edition, Sequencing and Navigation (2009), with its pseudo code (SN
appendix C); names in brackets are the specification's own: [UP.2], [SB.2.4].
"""
